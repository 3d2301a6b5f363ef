import { useWords } from '../shell/language.ts';
import { useMe } from './me.ts';
import { choosePlace, placesOf, usePlace } from './place.ts';

/** In which of several places one works; whoever has one place only chooses nothing. */
export function PlaceChooser({ account }: { account: string }) {
  const { say } = useWords();
  const { data } = useMe();
  const place = usePlace();
  const places = placesOf(data);
  if (places.length < 2) return null;
  return (
    <select
      className="place-chooser"
      aria-label={say('access.place')}
      value={place?.divisionId ?? ''}
      onChange={({ currentTarget: { value } }) => choosePlace(account, value || undefined)}
    >
      <option value="">{say('access.allPlaces')}</option>
      {places.map(({ divisionId, name }) => (
        <option key={divisionId} value={divisionId}>
          {name}
        </option>
      ))}
    </select>
  );
}
