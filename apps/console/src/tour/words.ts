/** What the tour for newcomers says. */
export const tourWords = {
  'tour.name': { zh: '新手导览', en: 'Tour' },
  'tour.offer': { zh: '第一次使用?花一分钟看看常用的地方。', en: 'New here? Take a minute to see where things are.' },
  'tour.offerLater': { zh: '以后可以从右上角的账号菜单打开。', en: 'Later it is in the account menu at the top right.' },
  'tour.start': { zh: '开始导览', en: 'Start the tour' },
  'tour.notNow': { zh: '不用了', en: 'No, thanks' },
  'tour.unreachable': { zh: '连接中断,暂时打不开导览', en: 'No connection: the tour cannot be opened now' },
  'tour.leave': { zh: '结束导览', en: 'Leave the tour' },
  'tour.previous': { zh: '上一步', en: 'Back' },
  'tour.next': { zh: '下一步', en: 'Next' },
  'tour.finish': { zh: '完成', en: 'Done' },
  'tour.step': { zh: '第 {current} 步,共 {total} 步', en: 'Step {current} of {total}' },
  'tour.chooseTitle': { zh: '导览从一个中心开始', en: 'The tour begins at a center' },
  'tour.choose': {
    zh: '日常工作都在中心的页面上。我们去看看这一个。',
    en: 'Daily work is done on the page of a center. Let us look at this one.',
  },
  'tour.onTo': { zh: '去{name}', en: 'To {name}' },
  'tour.elsewhere': {
    zh: '日常工作都在中心的页面上。先回到您的中心列表。',
    en: 'Daily work is done on the page of a center. First back to the list of your centers.',
  },
  'tour.toCenters': { zh: '去中心列表', en: 'To the list of centers' },
  'tour.deeper': {
    zh: '日常工作都在中心的页面上,中心在下面的区划里。我们一级一级走下去。',
    en: 'Daily work is done on the page of a center, and centers lie further down. Let us go there step by step.',
  },
  'tour.noCenter': {
    zh: '您的辖区里还没有中心。有了以后,再从右上角的账号菜单打开导览。',
    en: 'There is no center in your place yet. Once there is one, open the tour from the account menu at the top right.',
  },
  'tour.whereTitle': { zh: '您在这里', en: 'Where you are' },
  'tour.where': {
    zh: '大字是您正在看的中心,旁边的颜色是它现在的状态。上面一行是它所在的街镇,点一下就能回去。',
    en: 'The title is the center that you look at; its colour says how it is now. The line above names its street or town and leads back.',
  },
  'tour.stationsTitle': { zh: '服务站和颜色', en: 'Stations and their colours' },
  'tour.stations': {
    zh: '绿色是齐备,黄色要留意,红色是缺人,下面写着缺什么。点站名看这个站。',
    en: 'Green is complete, amber wants attention, red lacks somebody, and below it says what. The name opens the station.',
  },
  'tour.todosTitle': { zh: '先做什么', en: 'What to do first' },
  'tour.todos': {
    zh: '最要紧的排在最前。点右边的链接,直接到办理的地方。',
    en: 'The most urgent comes first. The link on the right leads to where it is done.',
  },
  'tour.todosSeen': {
    zh: '最要紧的排在最前,写着哪里缺什么。',
    en: 'The most urgent comes first, and says what is missing where.',
  },
  'tour.todosNone': {
    zh: '要办的事按轻重列在这里。现在一件也没有。',
    en: 'What is to be done is listed here, the most urgent first. Now there is nothing.',
  },
  'tour.auditTitle': { zh: '审计', en: 'Audit' },
  'tour.audit': {
    zh: '这里能按人、单位、种类和日期查全部经过,看某一天的组织结构,也看得到谁导出过名册。',
    en: 'Here everything that happened is found by person, unit, kind and day, with the structure of any day, and who took lists away.',
  },
  'tour.assignTitle': { zh: '分派志愿者', en: 'Assigning volunteers' },
  'tour.assign': {
    zh: '人选按合适程度排列,每个人都写着理由。勾选后点“分到此站”,或直接拖过去。',
    en: 'Candidates are ranked, each with the reasons. Tick some and choose a station, or drag them there.',
  },
  'tour.undoTitle': { zh: '做错了,马上撤销', en: 'Taken back at once' },
  'tour.undo': {
    zh: '分派或结束服务后,屏幕上方有几秒钟可以点“撤销”。其他操作在确定之前会先说明后果。',
    en: 'For some seconds after assigning, or ending that, “Undo” stands at the top. Other actions say what will happen before you confirm.',
  },
  'tour.historyTitle': { zh: '经过:一切都有记录', en: 'History: everything is on record' },
  'tour.history': {
    zh: '中心、服务站和每个人的页面上都有“经过”:谁在什么时候做了什么,从哪天起算。导览可以从右上角的账号菜单再看。',
    en: 'Every center, station and person has one: who did what, when, and from which day it counts. The account menu at the top right opens this tour again.',
  },
} as const;
