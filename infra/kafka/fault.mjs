/** The rule of libs/platform/kernel/language.ts, here for programs that run without a build; a spec holds the two together. */
export function languageOfTerminal({ YIZHAN_LANGUAGE, LC_ALL, LC_MESSAGES, LANG }) {
  if (YIZHAN_LANGUAGE === 'zh' || YIZHAN_LANGUAGE === 'en') return YIZHAN_LANGUAGE;
  return /^en/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'en' : 'zh';
}

/** Picks the sentence for the person at the terminal. */
export const words = (environment, zh, en) => (languageOfTerminal(environment) === 'zh' ? zh : en);

/** No broker, for a reason that the person at the terminal can mend; the message is the sentence for them. */
export class BrokerFault extends Error {
  name = 'BrokerFault';

  constructor(environment, zh, en) {
    super(words(environment, zh, en));
  }
}
