export const THEME_KEY = 'outgate-theme';

/** Runs before the first paint, so that the page never flashes. Back ticks: React would escape other quotes in a script. */
export const themeScript = `try{const t=localStorage.getItem(\`${THEME_KEY}\`);if(t===\`dark\`||t===\`light\`)document.documentElement.dataset.theme=t}catch{}`;
