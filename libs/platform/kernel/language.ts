type Environment = Readonly<Record<string, string | undefined>>;

/** Chinese, unless `YIZHAN_LANGUAGE` or the terminal's locale asks for English. */
export function languageOfTerminal({ YIZHAN_LANGUAGE, LC_ALL, LC_MESSAGES, LANG }: Environment): 'zh' | 'en' {
  if (YIZHAN_LANGUAGE === 'zh' || YIZHAN_LANGUAGE === 'en') return YIZHAN_LANGUAGE;
  return /^en/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'en' : 'zh';
}
