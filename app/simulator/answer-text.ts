/** The answer as plain text, for a ticket or a chat. */
import { utc } from '../components/age.tsx';
import { type Arranged, answerWord, explanation, headline, plain, type TruthAnswer } from './answers.ts';
import { type Lane, laneWords, type PathEnds } from './path-lanes.ts';

export function answerText({
  question,
  arranged,
  lanes,
  ends,
  link,
}: {
  /** "pod-1a to 198.51.100.10, tcp 443" */
  question: string;
  arranged: Arranged;
  lanes: readonly Lane[];
  ends: PathEnds;
  link: string;
}): string {
  const node = arranged.host?.node ?? null;
  const truths = [arranged.desired, arranged.live, ...arranged.nodes].filter((answer) => answer !== null);
  return [
    question,
    plain(headline(arranged, ends.from)),
    plain(explanation(arranged, ends.from)),
    '',
    ...truths.map(truthLine),
    '',
    ...lanes.flatMap((lane) => [`Path, ${lane.label}:`, ...laneWords(lane, ends, node).map((words) => `  ${words}`)]),
    '',
    ...[arranged.desired, arranged.unapplied ? arranged.live : null, arranged.host]
      .filter((answer) => answer !== null)
      .flatMap(stepLines),
    link,
  ].join('\n');
}

const nameOf = (answer: TruthAnswer): string =>
  answer.truth === 'desired' ? 'Desired' : answer.truth === 'live' ? 'Live' : `${answer.node}, programmed`;

const truthLine = (answer: TruthAnswer): string =>
  `${nameOf(answer)}: ${answerWord(answer)}, ${answer.code}` +
  `${answer.revision === null ? '' : `, revision ${answer.revision}`}${answer.at === null ? '' : `, ${utc(answer.at)}`}`;

const stepLines = (answer: TruthAnswer): string[] => [
  `Steps, ${nameOf(answer)}:`,
  ...answer.steps.map(({ text, code }, index) => `  ${index + 1}. ${text} (${code})`),
  '',
];
