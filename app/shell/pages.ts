import { History, Layers, LayoutDashboard, type LucideIcon, Route, Server, Settings } from 'lucide-react';

export interface PageLink {
  href: string;
  name: string;
  icon: LucideIcon;
  /** after `g` */
  key: string | null;
}

/** The rail, grouped by intent. */
export const railGroups: readonly { title: string; pages: readonly PageLink[] }[] = [
  {
    title: 'State',
    pages: [
      { href: '/', name: 'Overview', icon: LayoutDashboard, key: 'o' },
      { href: '/pools', name: 'Pools', icon: Layers, key: 'p' },
      { href: '/nodes', name: 'Nodes', icon: Server, key: 'n' },
    ],
  },
  { title: 'Ask', pages: [{ href: '/simulator', name: 'Simulator', icon: Route, key: 's' }] },
  {
    title: 'Change',
    pages: [
      { href: '/history', name: 'History', icon: History, key: 'h' },
      { href: '/settings', name: 'Settings', icon: Settings, key: null },
    ],
  },
];

export const allPages: readonly PageLink[] = railGroups.flatMap(({ pages }) => pages);

/** The page of the rail that a path belongs to. */
export const pageOf = (path: string): PageLink | undefined =>
  allPages.find(({ href }) => (href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`)));
