import { eventsOf, sentence } from './event.js';
import { id, optional, personal, text } from './shape.js';

const event = eventsOf('parcel', 'parcelId');
class ParcelSent extends event(
  'ParcelSent',
  1,
  { parcelId: id, to: id, by: optional(text), via: optional(text), note: personal('parcelId', text) },
  { zh: '寄给“{to}”[,由{by}][,经{via}转{by}]:{note}', en: 'Sent to “{to}”[ by {by}][, through {via} by {by}]: {note}' },
) {}

const parcel = { parcelId: '00000000-0000-4000-8000-000000000001', to: '00000000-0000-4000-8000-000000000002', note: '…信' };

describe('a fact in words', () => {
  const show = (field: string, value: unknown) =>
    field === 'to' ? '李玉兰' : field === 'note' ? `<${String(value)}>` : undefined;

  test('says its own values, and what somebody else shows for them', () => {
    expect(sentence(ParcelSent.type, { ...parcel, by: '车', via: '长春' }, 'zh', show)).toBe(
      '寄给“李玉兰”,由车,经长春转车:<…信>',
    );
  });

  test('leaves a clause out of which any field has no value', () => {
    expect(sentence(ParcelSent.type, { ...parcel, by: '车' }, 'en', show)).toBe('Sent to “李玉兰” by 车: <…信>');
    expect(sentence(ParcelSent.type, { ...parcel, by: null, via: undefined }, 'en', show)).toBe('Sent to “李玉兰”: <…信>');
  });

  test('keeps brackets that somebody wrote', () => {
    expect(sentence(ParcelSent.type, { ...parcel, by: '[车{via}]' }, 'zh', show)).toBe('寄给“李玉兰”,由[车{via}]:<…信>');
  });

  test('is an ellipsis where an id or something personal is shown by nobody', () => {
    expect(sentence(ParcelSent.type, parcel, 'zh')).toBe('寄给“…”:…');
  });

  test('is called by its type where no such fact is known', () => {
    expect(sentence('ParcelLost', {}, 'zh')).toBe('ParcelLost');
  });
});
