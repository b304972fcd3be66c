export function Logo() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" fill="none" aria-hidden="true" className="flex-none text-accent">
      <path
        d="M12.5 2.75h-7a2.75 2.75 0 0 0-2.75 2.75v9a2.75 2.75 0 0 0 2.75 2.75h7"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
      />
      <path
        d="M8 10h9m-3.2-3.4L17.2 10l-3.4 3.4"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
