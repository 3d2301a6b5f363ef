import type { ThemeConfig } from 'antd';

/** One accent; everything else is ink on paper. Every text colour has at least 4.5 : 1 on both backgrounds. */
export const theme: ThemeConfig = {
  cssVar: { key: 'yizhan' },
  token: {
    colorPrimary: '#1f5fae',
    colorLink: '#1f5fae',
    colorInfo: '#1f5fae',
    colorSuccess: '#1a7038',
    colorWarning: '#8a5300',
    colorError: '#b3261e',
    // Those that are derived from dark colours turn grey.
    colorSuccessBg: '#e5f3e9',
    colorSuccessBorder: '#a9d3b6',
    colorWarningBg: '#fbf0dc',
    colorWarningBorder: '#e6c88f',
    colorErrorBg: '#fbe9e7',
    colorErrorBorder: '#eebbb6',
    colorInfoBg: '#e8f0fa',
    colorInfoBorder: '#b3cdeb',
    colorText: '#1d232b',
    colorTextSecondary: '#465160',
    colorTextTertiary: '#596575',
    colorTextQuaternary: '#5f6b7a',
    colorTextDescription: '#596575',
    colorTextPlaceholder: '#667080',
    colorTextHeading: '#1d232b',
    colorBgLayout: '#f4f6f8',
    colorBorder: '#8a94a1',
    colorBorderSecondary: '#dde2e8',
    borderRadius: 6,
    fontSize: 14,
    fontFamily: 'var(--font)',
    motionDurationMid: '0.12s',
    motionDurationSlow: '0.16s',
  },
  components: {
    Table: { cellPaddingBlock: 9, cellPaddingInline: 12, headerBg: '#eef1f4', headerColor: '#465160' },
    Form: { itemMarginBottom: 18, labelColor: '#465160' },
    Modal: { titleFontSize: 17 },
  },
};
