import { router } from '../init.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { exportYaml } from './export.ts';
import { get } from './get.ts';
import { importYaml, previewImport } from './import.ts';
import { list } from './list.ts';
import { preview } from './preview.ts';
import { previewDelete } from './preview-delete.ts';
import { update } from './update.ts';

export const poolsRouter = router({
  list,
  get,
  create,
  update,
  delete: remove,
  import: importYaml,
  export: exportYaml,
  preview,
  previewImport,
  previewDelete,
});
