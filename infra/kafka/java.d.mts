export function findJava(environment: NodeJS.ProcessEnv): Promise<string>;
