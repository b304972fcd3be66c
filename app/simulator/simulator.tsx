'use client';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Link2, Radio } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { readEnd } from '../../core/names/read-end.ts';
import { Button } from '../components/button.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { Empty } from '../components/empty.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { useAddressView } from '../components/use-address-view.ts';
import { useKeys } from '../keys/use-keys.ts';
import { useRefusal, useSession } from '../shell/session.tsx';
import { isApiError, useTRPC } from '../trpc/client.ts';
import { useClusterMode } from '../trpc/cluster-mode.ts';
import { useDesiredState } from '../trpc/desired-state.ts';
import { AnswerPanels } from './answer-panels.tsx';
import { arrange } from './answers.ts';
import { deciderOf, localAnswer } from './local-answer.ts';
import { ProbePanel } from './probe-panel.tsx';
import { refusedProbe } from './probe-question.ts';
import {
  buildQuestion,
  type FieldError,
  flowOf,
  isAsked,
  type Named,
  nameOf,
  parseQuestion,
  type Question,
} from './question.ts';
import { QuestionForm } from './question-form.tsx';
import { type Shown, truthAnswers } from './server-answer.ts';

/** "Will this be NATed?" The address of the page is the question that was asked; the form may be ahead of it. */
export function Simulator() {
  const trpc = useTRPC();
  const [asked, setAsked] = useAddressView(parseQuestion, addressOf);
  const [typed, setTyped] = useState(asked);
  useEffect(() => setTyped(asked), [asked]);
  const { session } = useSession();
  const lab = useQuery(trpc.lab.status.queryOptions(undefined, { enabled: session.lab, refetchInterval: false }));
  const pods = lab.data?.pods ?? none;
  const targets = lab.data?.targets ?? none;
  const names = useMemo(() => [...pods, ...targets], [pods, targets]);

  const ahead = buildQuestion(typed) !== buildQuestion(asked);
  const cluster = useClusterMode();
  const local = useLocal(typed, names, nodeOf(typed.from, pods), { cluster, alone: useAlone(cluster) });
  const { flow, errors: askedErrors } = useMemo(() => flowOf(asked, names), [asked, names]);
  const ready = isAsked(asked) && askedErrors.length === 0 && (!session.lab || !lab.isPending);
  const server = useQuery(trpc.simulate.flow.queryOptions(flow, { enabled: ready, placeholderData: keepPreviousData }));
  const answer = !ahead && ready && server.data !== undefined && !server.isPlaceholderData ? server.data : undefined;
  const shown = useMemo((): Shown | null => {
    if (answer !== undefined) return truthAnswers(answer, flow);
    if (local.answer === null) return null;
    return { arranged: arrange([local.answer], null), flow: local.flow, named: null, service: null };
  }, [answer, flow, local]);

  const probe = useMutation(trpc.lab.probe.mutationOptions());
  const probed = {
    from: nameOf(typed.from, pods) ?? typed.from,
    to: local.flow.to,
    proto: typed.proto === 'udp' ? ('udp' as const) : ('tcp' as const),
  };
  const notEditor = useRefusal('editor');
  const probeRefused = notEditor ?? refusedProbe(typed, pods);

  function ask(): void {
    if (!isAsked(typed)) return;
    if (ahead) setAsked(typed);
    else void server.refetch();
  }
  useKeys('Simulator', [{ keys: 'mod+Enter', label: 'Ask', run: ask }]);

  const serverErrors = !ahead && server.isError ? fieldErrors(server.error) : [];
  const errors = isAsked(typed) ? unique([...local.errors, ...serverErrors]) : local.errors.filter(complete(typed));
  return (
    <>
      <PageHeader title="Simulator" beside={<span className="text-xs text-ink-3">no packet is sent by asking</span>} />
      <QuestionForm
        question={typed}
        onChange={setTyped}
        onAsk={ask}
        pods={pods}
        targets={targets}
        cluster={cluster}
        errors={errors}
      >
        {session.lab && (
          <Button refused={probeRefused} onClick={() => probe.mutate(probed)}>
            <Radio aria-hidden /> Send a real packet
          </Button>
        )}
        <CopyButton
          small={false}
          look="plain"
          icon={<Link2 aria-hidden />}
          text={() => `${location.origin}${addressOf(typed)}`}
        >
          Copy link
        </CopyButton>
      </QuestionForm>
      {session.lab && probeRefused !== undefined && isAsked(typed) && (
        <p className="mt-1 text-xs text-ink-3">A real packet: {probeRefused}</p>
      )}
      {probe.status !== 'idle' && (
        <ProbePanel
          probe={probe.data}
          error={probe.error}
          sending={probe.isPending}
          sentAt={probe.submittedAt}
          podAddresses={pods.find(({ name }) => name === probe.variables?.from)?.addresses ?? []}
          connection={
            probe.variables === undefined
              ? ''
              : `${probe.variables.from} to ${probe.variables.to}, ${probe.variables.proto ?? 'tcp'}`
          }
        />
      )}
      {!ahead && server.isError && serverErrors.length === 0 && (
        <ErrorPanel error={server.error} onRetry={() => void server.refetch()} className="mt-3" />
      )}
      {shown !== null && (
        <AnswerPanels
          shown={shown}
          local={answer === undefined}
          question={answer === undefined ? typed : asked}
          pod={nameOf(answer === undefined ? typed.from : asked.from, pods) ?? null}
        />
      )}
      {shown === null && isAsked(typed) && errors.length === 0 && local.named && (ahead || !server.isError) && (
        <p className="mt-3 text-xs text-ink-3" role="status">
          {ahead ? 'Names are looked up in the cluster when you ask.' : 'The names are being looked up.'}
        </p>
      )}
      {shown === null && !isAsked(typed) && <Start pods={pods} targets={targets} onPick={setTyped} />}
    </>
  );
}

const none: readonly (Named & { node: string })[] = [];

const addressOf = (question: Question): string => `/simulator${buildQuestion(question)}`;

/** No pool of others counts: what is desired of ours is all that is wanted. */
function useAlone(cluster: boolean): boolean {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.cluster.get.queryOptions(undefined, { enabled: cluster }));
  return cluster ? data !== undefined && data.live.observed + data.live.foreign + data.live.deleting === 0 : true;
}

/** The desired answer for what is in the form now, as fast as it is typed; where pools of others count, the server has it alone. */
function useLocal(
  typed: Question,
  names: readonly Named[],
  node: string | undefined,
  { cluster, alone }: { cluster: boolean; alone: boolean },
) {
  const state = useDesiredState();
  const question = useDeferredValue(typed);
  const decider = useMemo(() => (state === undefined ? null : deciderOf(state, node)), [state, node]);
  return useMemo(() => {
    const { flow, errors } = flowOf(question, names);
    // a name of the cluster stands for what the server knows alone
    const ends = cluster ? (['from', 'to'] as const).map((field) => ({ field, end: readEnd(flow[field]) })) : [];
    const named = ends.some(({ end }) => end.is === 'name');
    if (named) {
      const unreadable = ends.flatMap(({ field, end }) =>
        end.is === 'neither' ? [{ field, message: end.message }] : [],
      );
      return { flow, answer: null, errors: [...errors, ...unreadable], named };
    }
    if (decider === null || state === undefined || !isAsked(question)) return { flow, answer: null, errors, named };
    const said = localAnswer(decider, flow, state.revision);
    const all = [...errors, ...said.errors];
    return { flow, answer: alone && all.length === 0 ? said.answer : null, errors: all, named };
  }, [question, names, decider, state, cluster, alone]);
}

function nodeOf(from: string, pods: readonly (Named & { node: string })[]): string | undefined {
  const name = nameOf(from, pods);
  return pods.find((pod) => pod.name === name)?.node;
}

/** What the server refused, by field; empty for an error of another kind. */
function fieldErrors(error: unknown): FieldError[] {
  return isApiError(error) ? [...(error.data?.issues ?? [])] : [];
}

const unique = (errors: readonly FieldError[]): FieldError[] =>
  errors.filter(
    (error, index) =>
      errors.findIndex(({ field, message }) => field === error.field && message === error.message) === index,
  );

/** An end that is still empty is not wrong yet. */
const complete =
  (question: Question) =>
  ({ field }: FieldError): boolean =>
    !(field === 'from' || field === 'to') || question[field].trim() !== '';

function Start({
  pods,
  targets,
  onPick,
}: {
  pods: readonly Named[];
  targets: readonly Named[];
  onPick: (question: Question) => void;
}) {
  const [pod] = pods;
  const [target] = targets;
  return (
    <Empty title="Which connection?">
      <p>
        Name where it comes from and where it goes. The verdict comes first, then the path, the steps, and what every
        node would do.
      </p>
      {pod !== undefined && target !== undefined && (
        <Button
          onClick={() =>
            onPick({ ...parseQuestion(new URLSearchParams()), from: pod.name, to: target.name, port: '7' })
          }
        >
          Fill in {pod.name} to {target.name}
        </Button>
      )}
    </Empty>
  );
}
