import { expect, it } from 'vitest';
import { strangeType } from './type-of-path.ts';

it.each([
  ['/apis/projectcalico.org/v3/ippools', 'projectcalico.org/v3', 'IPPool'],
  ['/apis/crd.projectcalico.org/v1/felixconfigurations', 'crd.projectcalico.org/v1', 'FelixConfiguration'],
  ['/api/v1/nodes', 'v1', 'Node'],
  ['/api/v1/services', 'v1', 'Service'],
  ['/api/v1/namespaces/outgate/pods', 'v1', 'Pod'],
  ['/apis/discovery.k8s.io/v1/endpointslices', 'discovery.k8s.io/v1', 'EndpointSlice'],
])('%s answers with its own type', (path, apiVersion, kind) => {
  expect(strangeType(path, { apiVersion, kind }, '')).toBe(null);
  expect(strangeType(path, { apiVersion, kind: `${kind}List` }, 'List')).toBe(null);
  expect(strangeType(path, { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadataList' }, 'List')).toBe(null);
  for (const other of [{ apiVersion, kind: 'Status' }, { apiVersion: 'other/v1', kind }, {}])
    expect(strangeType(path, other, '')).toMatch(/^the answer must be of /);
  expect(strangeType(path, { apiVersion, kind }, 'List')).toMatch(/; it is '/);
});
