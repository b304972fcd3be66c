import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';

/** Keys quiet, values in ink: the same as in the text that is only read. */
export const highlight = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.propertyName, color: 'var(--text-2)' },
    { tag: tags.definition(tags.propertyName), color: 'var(--text-2)' },
    { tag: [tags.content, tags.string, tags.number], color: 'var(--keep-fg)' },
    { tag: [tags.bool, tags.keyword], color: 'var(--snat-fg)' },
    { tag: tags.comment, color: 'var(--text-3)' },
    { tag: tags.invalid, color: 'var(--error-fg)' },
  ]),
);
