/** How an API token looks: the prefix lets secret scanners and people recognise one that stands where it should not. */
import { newSecret } from './secret-text.ts';

/** 256 random bits behind the prefix. */
export const newApiTokenSecret = (): string => `outgate_${newSecret()}`;

export const isApiTokenSecret = (text: string): boolean => /^outgate_[A-Za-z0-9_-]{43}$/.test(text);
