/** Names that people give to accounts and tokens: text of any script, of which every character is seen and stays in its place. */
import { z } from 'zod';

/**
 * No control or format character (what turns the direction of text or has no width), none that is unassigned, private or left
 * blank by most fonts (Hangul filler); no blank but the ordinary one. A combining mark needs something to stand on. U+FE0F
 * (a symbol as emoji) alone of the invisible ones changes what is seen.
 */
const SHOWN = /^(?!\p{M})(?:(?!\p{DI})[^\p{C}\p{Z}]|\uFE0F| )*$/u;

/** `longest` in UTF-16 units. One spelling is kept of what can be written composed or decomposed. */
export const nameSchema = (longest: number) =>
  z
    .string()
    .normalize()
    .trim()
    .min(1, 'the name must not be empty')
    .max(longest, `the name must have at most ${longest} characters`)
    .regex(SHOWN, 'the name must consist of visible characters and blanks, and not begin with a combining mark');

/** History shows it in brackets behind the owner's address: it must not be able to look like something else there. */
export const apiTokenNameSchema = nameSchema(60).regex(
  /^(?:(?!\p{DI})[\p{L}\p{M}\p{N} ._:/@-])*$/u,
  'the name must consist of letters, digits, spaces and . _ : / @ -',
);
