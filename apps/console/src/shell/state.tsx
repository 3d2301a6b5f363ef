import { CheckCircleFilled, ExclamationCircleFilled, MinusCircleFilled, WarningFilled } from '@ant-design/icons';
import type { ReactNode } from 'react';

export type Colour = 'green' | 'amber' | 'red' | 'grey';

const marks: Readonly<Record<Colour, ReactNode>> = {
  green: <CheckCircleFilled aria-hidden />,
  amber: <WarningFilled aria-hidden />,
  red: <ExclamationCircleFilled aria-hidden />,
  grey: <MinusCircleFilled aria-hidden />,
};

/** A state as a mark and a word; the colour only repeats it. */
export function State({ colour, children }: { colour: Colour; children: ReactNode }) {
  return (
    <span className={`state state-${colour}`}>
      {marks[colour]}
      {children}
    </span>
  );
}
