import { CompassOutlined, LogoutOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useWords } from './language.ts';

/** Who is signed in, and what only concerns that person. */
export function UserMenu({ name, startTour, leave }: { name: string; startTour: () => void; leave: () => void }) {
  const { say } = useWords();
  return (
    <Dropdown
      trigger={['click']}
      autoFocus
      placement="bottomRight"
      menu={{
        items: [
          {
            type: 'group',
            label: name,
            children: [
              { key: 'tour', icon: <CompassOutlined aria-hidden />, label: say('tour.name') },
              { key: 'leave', icon: <LogoutOutlined aria-hidden />, label: say('shell.signOut') },
            ],
          },
        ],
        onClick: ({ key }) => (key === 'tour' ? startTour() : leave()),
      }}
    >
      <Button
        type="text"
        className="user-menu"
        icon={<UserOutlined aria-hidden />}
        aria-label={`${name} · ${say('shell.account')}`}
        aria-haspopup="menu"
      >
        <span className="wide-only">{name}</span>
      </Button>
    </Dropdown>
  );
}
