/** The one grid that head and rows share, so that nothing moves when rows come and go. A window of 1440 px holds all of it. */
export const gridOf = (cluster: boolean): string => (cluster ? WITH_SYNC : COLUMNS);

const WITH_SYNC =
  'grid grid-cols-[2.75rem_minmax(12rem,2fr)_minmax(12rem,1.6fr)_9.5rem_minmax(7.75rem,1fr)_minmax(8rem,1fr)_minmax(6.5rem,0.8fr)_4rem_5.5rem_4.5rem] min-w-[72.5rem] narrow:min-w-0';
const COLUMNS =
  'grid grid-cols-[2.75rem_minmax(12rem,2fr)_minmax(12rem,1.6fr)_minmax(7.75rem,1fr)_minmax(8rem,1fr)_minmax(6.5rem,0.8fr)_4rem_5.5rem_4.5rem] min-w-[63rem] narrow:min-w-0';
