/** What `iptables-save -c`, `iptables -S` (also with `-v`) and `ipset save` print, as data. */
export { parseIpsetSave, type SavedMember, type SavedSet } from './parse-ipset.ts';
export { parseSave, type SavedChain, type SavedRule, type SavedTable } from './parse-save.ts';
export { programOf, ruleOf } from './read-back.ts';
