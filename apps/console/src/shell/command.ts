import type { paths } from './contract.ts';

type Posted<Path extends keyof paths> = paths[Path] extends { post: { requestBody?: infer Request } }
  ? NonNullable<Request>
  : never;

/** The paths of commands: those that ask for an Idempotency-Key. */
export type CommandPath = {
  [Path in keyof paths]: paths[Path] extends { post: { parameters: { header: { 'Idempotency-Key': string } } } } ? Path : never;
}[keyof paths];

export type BodyOf<Path extends CommandPath> =
  Posted<Path> extends { content: { 'application/json': infer Body } } ? Body : never;

/** Something that is asked of the office, ready to be sent. */
export interface Command {
  readonly path: string;
  readonly body: object;
  /** In words, for whoever waits for it. */
  readonly title: string;
  /** The ETag of the card that was looked at. */
  readonly ifMatch?: string | undefined;
  /** `YYYY-MM-DD`; today when absent. */
  readonly effectiveOn?: string | undefined;
  readonly reasonCode?: string | undefined;
}

type Gaps<Path extends string> = Path extends `${string}{${infer Gap}}${infer Rest}` ? Gap | Gaps<Rest> : never;
type Circumstances = Pick<Command, 'ifMatch' | 'effectiveOn' | 'reasonCode'>;

/** Path and body are checked against `docs/openapi.json` by the compiler. */
export function command<Path extends CommandPath>(
  title: string,
  path: Path,
  ids: Readonly<Record<Gaps<Path>, string>>,
  body: BodyOf<Path>,
  circumstances: Circumstances = {},
): Command {
  const filled = Object.entries<string>(ids).reduce(
    (text: string, [gap, id]) => text.replace(`{${gap}}`, encodeURIComponent(id)),
    path,
  );
  return { path: filled, body: body as object, title, ...circumstances };
}
