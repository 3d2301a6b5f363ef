type Environment = Readonly<Record<string, string | undefined>>;
export function languageOfTerminal(environment: Environment): 'zh' | 'en';
export function words(environment: Environment, zh: string, en: string): string;
export class BrokerFault extends Error {
  constructor(environment: Environment, zh: string, en: string);
}
