/** What is shown of personal values to whoever may not see them whole. What has an unexpected form is hidden whole. */

export const lastFour = (value: string) => value.slice(-4);

/** 138****8000 */
export const maskPhone = (phone: string) => (/^\d{11}$/.test(phone) ? `${phone.slice(0, 3)}****${lastFour(phone)}` : '****');

/** 张*, however long the name is. */
export const maskName = (name: string) => `${[...name][0] ?? ''}*`;

/** The last four alone: the first six give the home area and the next eight the birth date, which names most people of a street. */
export const maskIdNumber = (idNumber: string) => `${'*'.repeat(14)}${idNumber.length === 18 ? lastFour(idNumber) : '****'}`;
