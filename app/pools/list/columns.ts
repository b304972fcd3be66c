/** The one grid that head and rows share, so that nothing moves when rows come and go. */
export const gridOf = (cluster: boolean): string => (cluster ? WITH_SYNC : COLUMNS);

const WITH_SYNC =
  'grid grid-cols-[2.75rem_minmax(14rem,2fr)_minmax(14rem,1.6fr)_10rem_minmax(8.5rem,1fr)_minmax(8.5rem,1fr)_minmax(7rem,0.8fr)_5rem_6.5rem_5rem] min-w-[76rem]';
const COLUMNS =
  'grid grid-cols-[2.75rem_minmax(14rem,2fr)_minmax(14rem,1.6fr)_minmax(8.5rem,1fr)_minmax(8.5rem,1fr)_minmax(7rem,0.8fr)_5rem_6.5rem_5rem] min-w-[66rem]';
