import { kebab } from '@lib/platform/cqrs/routes.js';
import { office } from './office.js';

export const rowOf = (command: new () => object) =>
  office.flatMap(({ commands }) => commands).find(row => row.command === command)!;

/** Where a command is sent, and with which body. */
export function routeOf(command: new () => object, fields: Readonly<Record<string, unknown>>) {
  const { at, id, birth } = rowOf(command);
  const { [id]: own, ...rest } = fields;
  return birth ? { path: `/api/${at}`, body: fields } : { path: `/api/${at}/${String(own)}/${kebab(command.name)}`, body: rest };
}
