import { useLocation } from '@tanstack/react-router';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useWords } from '../shell/language.ts';
import './tour-offer.css';

const keptFor = (account: string) => `yizhan.tour.${account}`;

/** Offers the tour once to an account in this browser, on the page after signing in; it covers nothing and takes no focus. */
export function TourOffer({ account, start }: { account: string; start: () => void }) {
  const { say } = useWords();
  const { pathname } = useLocation();
  const [offeredAt, setOfferedAt] = useState(() => (localStorage.getItem(keptFor(account)) === null ? pathname : undefined));
  useEffect(() => localStorage.setItem(keptFor(account), 'offered'), [account]);
  if (offeredAt !== pathname) return null;
  return (
    <aside className="tour-offer" aria-label={say('tour.name')}>
      <p>
        {say('tour.offer')} <span className="quiet">{say('tour.offerLater')}</span>
      </p>
      <div>
        <Button
          type="primary"
          onClick={() => {
            setOfferedAt(undefined);
            start();
          }}
        >
          {say('tour.start')}
        </Button>
        <Button type="text" onClick={() => setOfferedAt(undefined)}>
          {say('tour.notNow')}
        </Button>
      </div>
    </aside>
  );
}
