import { expect, it } from 'vitest';
import { onePort, splitPort } from './split-port.ts';

it.each([
  ['10.96.0.10:80', '10.96.0.10', '80'],
  ['10.96.0.10:', '10.96.0.10', ''],
  ['[fd00::1]:80', 'fd00::1', '80'],
  ['[fd00::1]', 'fd00::1', null],
  ['fd00::1:80', 'fd00::1:80', null],
  ['10.96.0.10', '10.96.0.10', null],
  ['[10.0.0.1]:80', '[10.0.0.1]:80', null],
  ['w-1:80', 'w-1:80', null],
])('%s', (text, address, port) => expect(splitPort(text)).toEqual({ address, port }));

it('is one port, said once or twice alike', () => {
  expect([onePort(null, 80), onePort('80', undefined), onePort('80', 80)]).toEqual(Array(3).fill({ port: 80 }));
  expect(onePort('http', undefined)).toEqual({ message: "port must be a number from 0 to 65535: 'http'" });
  expect(onePort('65536', 1)).toEqual({ message: "port must be a number from 0 to 65535: '65536'" });
  expect(onePort('80', 81)).toEqual({
    message: "port must be said once: '80' behind the address and 81 beside it",
  });
});
