export const todayWords = {
  'today.askRegistrar': { zh: '请登记员办理', en: 'for the registrar' },
  'today.resumeCenter': { zh: '见“更多操作”:恢复中心', en: 'see “More actions”: resume the center' },
  'today.openStation': { zh: '见上方“开设服务站”', en: 'see “Open a station” above' },
  'today.cover': { zh: '开设服务站,或在服务站的“更多操作”中调整覆盖', en: 'open a station, or set what a station covers' },
  'today.counts': {
    zh: '社区已覆盖 {covered} / {communities} · 本地志愿者 {volunteers} 名,其中 {unlinked} 名未分派 · {applicants} 份申请等待接纳',
    en: '{covered} of {communities} communities covered · {volunteers} volunteers at home here, {unlinked} not assigned · {applicants} waiting to be accepted',
  },
} as const;
