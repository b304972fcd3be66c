/** Who the embedded PostgreSQL runs as: never root. */
import { readFile, stat } from 'node:fs/promises';

export interface RunAs {
  /** for spawn: empty when this process is not root and PostgreSQL simply runs as the same user */
  readonly ids: { readonly uid?: number; readonly gid?: number };
  /** the user that the data belongs to */
  readonly uid: number;
}

/** Root runs it as the owner of the existing data, else as `nobody`. Throws an Error that says what must hold. */
export async function runAs(data: string): Promise<RunAs> {
  const self = process.getuid?.() ?? -1;
  const owner = await stat(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new Error(`the user who starts Outgate (id ${self}) must be able to enter ${data}: ${error.code}`);
  });
  if (self !== 0) {
    if (owner !== null && owner.uid !== self) {
      throw new Error(
        `the database directory must belong to the user who starts Outgate (id ${self}): ${data} belongs to id ${owner.uid}`,
      );
    }
    return { ids: {}, uid: self };
  }
  if (owner !== null && owner.uid !== 0) return { ids: { uid: owner.uid, gid: owner.gid }, uid: owner.uid };
  const nobody = await nobodyIds();
  return { ids: nobody, uid: nobody.uid };
}

async function nobodyIds(): Promise<{ uid: number; gid: number }> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  if (fields === undefined) throw new Error("PostgreSQL cannot run as root: /etc/passwd must have a user 'nobody'");
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}
