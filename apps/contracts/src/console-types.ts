import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';

/** The types of the whole API, from which the console takes every path, parameter and body. @param document the text of `docs/openapi.json` */
export const typesOf = async (document: string): Promise<string> => `${COMMENT_HEADER}${astToString(await openapiTS(document))}`;
