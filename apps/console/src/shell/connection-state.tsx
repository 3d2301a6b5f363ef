import { CloudSyncOutlined, DisconnectOutlined, WifiOutlined } from '@ant-design/icons';
import { Button, Popover, Tooltip } from 'antd';
import { useWords } from './language.ts';
import { useLiveness } from './live.ts';
import { useOutbox } from './sending.ts';

/** Whether what is shown is live, and what waits to be sent. */
export function ConnectionState() {
  const { say } = useWords();
  const liveness = useLiveness();
  const waiting = useOutbox().filter(({ state }) => state !== 'sending');
  return (
    <span role="status" className="connection">
      {waiting.length > 0 ? (
        <Popover
          title={say('shell.queueHint')}
          content={
            <ul className="plain">
              {waiting.map(({ key, command }) => (
                <li key={key}>{command.title}</li>
              ))}
            </ul>
          }
        >
          <Button type="text" size="small" className="connection-waiting">
            <CloudSyncOutlined aria-hidden /> {say('shell.queue', { count: waiting.length })}
          </Button>
        </Popover>
      ) : null}
      {liveness === 'lost' ? (
        <Tooltip title={say('shell.offlineHint')}>
          <span className="connection-lost">
            <DisconnectOutlined aria-hidden /> {say('shell.offline')}
          </span>
        </Tooltip>
      ) : (
        <Tooltip title={say('shell.liveHint')}>
          <span className="connection-live" data-live={liveness}>
            <WifiOutlined aria-hidden /> <span className="connection-word">{say('shell.live')}</span>
          </span>
        </Tooltip>
      )}
    </span>
  );
}
