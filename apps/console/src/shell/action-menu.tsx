import { MoreOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useState, type ReactNode } from 'react';
import { useWords } from './language.ts';

export interface MenuAction {
  readonly key: string;
  readonly label: string;
  readonly danger?: boolean;
  readonly dialog: (close: () => void) => ReactNode;
}

/** What is done seldom, behind one button at the same place of every page. */
export function ActionMenu({ actions }: { actions: readonly MenuAction[] }) {
  const { say } = useWords();
  const [chosen, setChosen] = useState<MenuAction>();
  // What was begun is finished, also when somebody else's change meanwhile takes it off the menu.
  const begun = chosen && (actions.find(({ key }) => key === chosen.key) ?? chosen);
  if (actions.length === 0 && !begun) return null;
  return (
    <>
      <Dropdown
        trigger={['click']}
        autoFocus
        menu={{
          items: actions.map(({ key, label, danger = false }) => ({ key, label, danger })),
          onClick: ({ key, domEvent }) => {
            // The dialog takes the focus while Enter is still down: it would press what has it then, which is how to close.
            domEvent.preventDefault();
            setChosen(actions.find(action => action.key === key));
          },
        }}
      >
        <Button icon={<MoreOutlined aria-hidden />} aria-haspopup="menu">
          {say('shell.more')}
        </Button>
      </Dropdown>
      {begun?.dialog(() => setChosen(undefined))}
    </>
  );
}
