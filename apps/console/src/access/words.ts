export const accessWords = {
  'access.signIn': { zh: '登录', en: 'Sign in' },
  'access.account': { zh: '账号', en: 'Account' },
  'access.password': { zh: '口令', en: 'Password' },
  'access.hint': {
    zh: '口令由管理员发给;首次启动时显示在终端。',
    en: 'Your administrator gives the password; the first start shows it in the terminal.',
  },
  'access.public': { zh: '不登录:公众查询', en: 'Without signing in: the public page' },
  'access.expired': { zh: '请再次登录', en: 'Please sign in again' },
  'access.expiredHint': {
    zh: '登录已过期。已填的内容和待发送的操作都还在,登录后继续。',
    en: 'Your session has ended. What you entered and what waits to be sent is kept; go on after signing in.',
  },
  'access.other': { zh: '换一个账号(放弃未保存的内容)', en: 'Another account (unsaved input is dropped)' },
  'access.noPlace': { zh: '这个账号还没有任何角色', en: 'This account has no role yet' },
  'access.noPlaceHint': { zh: '请管理员授予角色和辖区。', en: 'Ask the administrator for a role and a place.' },
  'access.place': { zh: '在哪个辖区工作', en: 'The place in which you work' },
  'access.allPlaces': { zh: '全部辖区', en: 'All places' },
} as const;
