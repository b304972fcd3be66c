/** The question that the simulator asks: as typed, as the address of the page, and as a flow. */
import { type Flow, flowStates } from '../../core/nat/verdict.ts';
import { onePort, readPort, splitPort } from '../../core/net/split-port.ts';

/** Every field as typed; empty means not said. `from` and `to` may be names of the lab, and of the cluster where there is one. */
export interface Question {
  from: string;
  to: string;
  proto: string;
  port: string;
  sport: string;
  resolvedTo: string;
  state: (typeof flowStates)[number];
  outInterface: string;
}

/** A name that stands for addresses: a pod or a target of the lab. */
export interface Named {
  name: string;
  addresses: readonly string[];
}

export interface FieldError {
  field: string;
  message: string;
  /** what the field may say instead */
  candidates?: readonly string[] | undefined;
}

export const emptyQuestion: Question = {
  from: '',
  to: '',
  proto: 'tcp',
  port: '',
  sport: '',
  resolvedTo: '',
  state: 'new',
  outInterface: '',
};

const fields = Object.keys(emptyQuestion) as (keyof Question)[];

/** Unknown fields and states that do not exist are left out: a link that somebody shortened still opens. */
export function parseQuestion(params: URLSearchParams): Question {
  const text = (field: keyof Question): string => params.get(field)?.trim() ?? emptyQuestion[field];
  return {
    from: text('from'),
    to: text('to'),
    proto: text('proto') || 'tcp',
    port: text('port'),
    sport: text('sport'),
    resolvedTo: text('resolvedTo'),
    state: flowStates.find((state) => state === params.get('state')) ?? 'new',
    outInterface: text('outInterface'),
  };
}

/** Fields in one order, without those that say nothing: equal questions have equal addresses. Begins with `?` or is empty. */
export function buildQuestion(question: Question): string {
  const params = new URLSearchParams();
  for (const field of fields) {
    const value = question[field].trim();
    if (value !== emptyQuestion[field]) params.set(field, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** True when there is something to ask. */
export const isAsked = ({ from, to }: Question): boolean => from.trim() !== '' && to.trim() !== '';

/** True when a field stands under "More". */
export const hasMore = ({ sport, resolvedTo, state, outInterface }: Question): boolean =>
  sport !== '' || resolvedTo !== '' || state !== 'new' || outInterface !== '';

/**
 * The flow that is asked for. Names become addresses of the family that the other end has (IPv4 where both have one).
 * A port behind an address is the port that is asked for. What is wrong inside an address, or with the port behind it, is left to
 * the simulator; here only text that is no number is refused.
 */
export function flowOf(question: Question, names: readonly Named[]): { flow: Flow; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const port = (field: 'port' | 'sport'): number | undefined => {
    const text = question[field].trim();
    if (text === '') return undefined;
    const read = readPort(field, text);
    if ('port' in read) return read.port;
    errors.push({ field, message: read.message });
    return undefined;
  };
  const beside = port('port');
  const target = splitPort(question.to.trim());
  const one = onePort(target.port, beside);
  const family = familyOf({ from: question.from, to: target.address }, names);
  const flow: Flow = {
    from: addressOf(question.from, names, family),
    to: addressOf('message' in one ? question.to : target.address, names, family),
    proto: question.proto,
    ...optional('port', 'message' in one ? beside : one.port),
    ...optional('sport', port('sport')),
    ...optional('resolvedTo', question.resolvedTo.trim() || undefined),
    ...(question.state === 'new' ? {} : { state: question.state }),
    ...optional('outInterface', question.outInterface.trim() || undefined),
  };
  return { flow, errors };
}

/** The lab's name for what was typed: the name itself, or the pod that has the address. */
export function nameOf(text: string, names: readonly Named[]): string | undefined {
  const wanted = text.trim();
  return names.find(({ name, addresses }) => name === wanted || addresses.includes(wanted))?.name;
}

type Family = 4 | 6;

/** The family that both ends have; IPv4 when that does not decide it. */
function familyOf({ from, to }: Pick<Question, 'from' | 'to'>, names: readonly Named[]): Family {
  const both = [from, to].map((end) => families(end.trim(), names));
  const [a = [], b = []] = both;
  return a.find((family) => b.includes(family)) ?? a[0] ?? b[0] ?? 4;
}

const families = (end: string, names: readonly Named[]): Family[] => {
  const named = names.find(({ name }) => name === end);
  const addresses = named === undefined ? [end] : named.addresses;
  return ([4, 6] as const).filter((family) => addresses.some((address) => is(family, address)));
};

function addressOf(end: string, names: readonly Named[], family: Family): string {
  const text = end.trim();
  const named = names.find(({ name }) => name === text);
  return named?.addresses.find((address) => is(family, address)) ?? named?.addresses[0] ?? text;
}

const is = (family: Family, address: string): boolean => address.includes(':') === (family === 6);

const optional = <K extends keyof Flow>(field: K, value: Flow[K] | undefined): Partial<Flow> =>
  value === undefined ? {} : { [field]: value };
