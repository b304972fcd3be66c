/** What the controller asks of the cluster: one object, by server-side apply under our manager. */
export interface ApplyRequest<Spec> {
  readonly name: string;
  readonly spec: Spec;
  /** null: it is to be made */
  readonly uid: string | null;
  /** of the object that it was decided on: an apply that was held up must not write over a later one of ours; null: any */
  readonly resourceVersion: string | null;
  readonly force: boolean;
  /** nothing is stored, the answer is the same */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** An object as it was seen. */
export interface SeenObject {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}
