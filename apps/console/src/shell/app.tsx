import {
  CalendarOutlined,
  CheckCircleFilled,
  CloseCircleFilled,
  DownOutlined,
  ExclamationCircleFilled,
  InfoCircleFilled,
} from '@ant-design/icons';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { App as Feedback, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
// Months and days of the week in its calendars.
import 'dayjs/locale/zh-cn';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useConnectedFeedback } from './feedback.tsx';
import { useKeptFocus } from './kept-focus.ts';
import { nonce } from './nonce.ts';
import { queries } from './queries.ts';
import { router } from './routes.tsx';
import { theme } from './theme.ts';

function Routed() {
  useConnectedFeedback();
  useKeptFocus();
  return <RouterProvider router={router} />;
}

/** Below the bar at the top, whose search it would cover. */
const said = { maxCount: 3, top: 60 };

/** Signs say nothing beside words; of themselves they would be read out by their English names. */
const signs = {
  select: { suffixIcon: <DownOutlined aria-hidden /> },
  datePicker: { suffixIcon: <CalendarOutlined aria-hidden />, allowClear: { clearIcon: <CloseCircleFilled aria-hidden /> } },
  alert: {
    successIcon: <CheckCircleFilled aria-hidden />,
    infoIcon: <InfoCircleFilled aria-hidden />,
    warningIcon: <ExclamationCircleFilled aria-hidden />,
    errorIcon: <CloseCircleFilled aria-hidden />,
  },
};

export function App() {
  const { i18n } = useTranslation();
  const zh = i18n.language === 'zh';
  useEffect(() => {
    document.documentElement.lang = zh ? 'zh-CN' : 'en';
    document.title = zh ? '一站' : 'Yizhan';
  }, [zh]);
  return (
    <ConfigProvider
      locale={zh ? zhCN : enUS}
      theme={theme}
      {...(nonce ? { csp: { nonce } } : {})}
      button={{ autoInsertSpace: false }}
      {...signs}
    >
      <QueryClientProvider client={queries}>
        <Feedback message={said}>
          <Routed />
        </Feedback>
      </QueryClientProvider>
    </ConfigProvider>
  );
}
