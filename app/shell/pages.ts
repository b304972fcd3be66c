import { Boxes, History, Layers, LayoutDashboard, type LucideIcon, Route, Server, Settings } from 'lucide-react';

export interface PageLink {
  href: string;
  name: string;
  icon: LucideIcon;
  /** after `g` */
  key: string;
  /** only where there is a cluster */
  cluster?: true;
}

/** The rail, grouped by intent. */
export const railGroups: readonly { title: string; pages: readonly PageLink[] }[] = [
  {
    title: 'State',
    pages: [
      { href: '/', name: 'Overview', icon: LayoutDashboard, key: 'o' },
      { href: '/pools', name: 'Pools', icon: Layers, key: 'p' },
      { href: '/cluster', name: 'Cluster', icon: Boxes, key: 'c', cluster: true },
      { href: '/nodes', name: 'Nodes', icon: Server, key: 'n' },
    ],
  },
  { title: 'Ask', pages: [{ href: '/simulator', name: 'Simulator', icon: Route, key: 's' }] },
  {
    title: 'Change',
    pages: [
      { href: '/history', name: 'History', icon: History, key: 'h' },
      { href: '/settings', name: 'Settings', icon: Settings, key: 'e' },
    ],
  },
];

export const allPages: readonly PageLink[] = railGroups.flatMap(({ pages }) => pages);

/** What is reached in this mode: without a cluster its page is absent. */
export const inMode = (pages: readonly PageLink[], cluster: boolean): readonly PageLink[] =>
  pages.filter((page) => cluster || page.cluster === undefined);

/** The page of the rail that a path belongs to. */
export const pageOf = (path: string): PageLink | undefined =>
  allPages.find(({ href }) => (href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`)));
