interface JarsWanted {
  readonly environment?: NodeJS.ProcessEnv;
  readonly say?: (sentence: string) => void;
  readonly folder?: string;
}
export function kafkaFolder(environment: NodeJS.ProcessEnv): string;
export function brokerJars(wanted?: JarsWanted): Promise<string>;
