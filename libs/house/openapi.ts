import { Controller, Get, Inject, type INestApplication } from '@nestjs/common';
import { ApiExcludeController, DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { anyone, By } from '@lib/platform/cqrs/by.js';
import { finish } from './openapi-finish.js';
import { commonSchemas } from './openapi-schemas.js';

const DOCUMENT = Symbol('openapi document');

@ApiExcludeController()
@Controller('api/openapi.json')
export class OpenApiController {
  static readonly document = DOCUMENT;

  constructor(@Inject(DOCUMENT) private readonly document: { readonly value: object }) {}

  @Get()
  @By(anyone)
  openapi(): object {
    return this.document.value;
  }
}

const tags: Readonly<Record<string, string>> = {
  access: '登录与账号 · Signing in, and who one is',
  divisions: '行政区划 · Administrative divisions',
  'service-centers': '社工服务中心 · Service centers: one in each street or town',
  'service-stations': '社工服务站 · Service stations: several to a center, one social worker in each',
  'social-workers': '社工 · The register of social workers',
  certificates: '职业水平证书 · Professional certificates',
  volunteers: '志愿者 · Volunteers',
  'volunteer-links': '志愿者与服务站的联系 · Which volunteers serve which station',
  history: '历史 · What happened, to whom, when, and by whom',
  live: '实时变化 · Changes as they happen',
  health: '运行状态 · The state of the system',
};

/** The contract for people who build on the API; written to `docs/openapi.json` by `npm run contracts`. */
export function createDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('一站 Yizhan')
    .setDescription(
      '一街镇一社工服务中心,一中心多个社工服务站,一站一社工和多名义工。Commands are POST routes whose operationId is the name of the command; views are GET routes.',
    )
    .setVersion('1')
    .setLicense('UNLICENSED', 'urn:yizhan:unlicensed')
    .addServer('/')
    .addBearerAuth();
  for (const [name, description] of Object.entries(tags)) config.addTag(name, description);
  const document = SwaggerModule.createDocument(app, config.build());
  Object.assign(((document.components ??= {}).schemas ??= {}), structuredClone(commonSchemas));
  return finish(document);
}
