/** What a process holds, as the kernel counts it. */
import { readFileSync } from 'node:fs';

/** MiB of resident memory: all pages, also those of files that others map too. */
export const residentOf = (pid: number | undefined): number => read(`/proc/${pid}/status`, /VmRSS:\s+(\d+)/);

/** The same with shared pages divided by those who share them. */
export const proportionalOf = (pid: number | undefined): number => read(`/proc/${pid}/smaps_rollup`, /Pss:\s+(\d+)/);

/** MiB of resident memory at its highest so far. */
export const highestOf = (pid: number | undefined): number => read(`/proc/${pid}/status`, /VmHWM:\s+(\d+)/);

const read = (file: string, line: RegExp): number => Number(line.exec(readFileSync(file, 'utf8'))?.[1]) / 1024;
