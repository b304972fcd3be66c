/** What the controller asks of the cluster: one object, by server-side apply under our manager. */
export interface ApplyRequest<Spec> {
  readonly name: string;
  readonly spec: Spec;
  /** null: it is to be made */
  readonly uid: string | null;
  /** of the object that it was decided on: an apply that was held up must not write over a later one of ours; null: any */
  readonly resourceVersion: string | null;
  readonly force: boolean;
  /** the object gets another resourceVersion, also where all is as asked: what was decided on this one and comes late is refused */
  readonly fence?: boolean;
  /** nothing is stored, the answer is the same */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}
