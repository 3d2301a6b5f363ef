import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { anyone, By } from '@lib/platform/cqrs/by.js';

@ApiExcludeController()
@Controller()
export class IndexController {
  @Get()
  @By(anyone)
  @Header('content-type', 'text/plain; charset=utf-8')
  index(): string {
    return [
      '一站:一街镇一社工服务中心,一中心多站,一站一社工和多名义工。',
      'Yizhan: one street, one service center; its stations, their workers and volunteers.',
      '',
      'GET  /api/openapi.json      接口说明 · what can be asked',
      'POST /api/sessions          登录 · sign in',
      'GET  /api/divisions         行政区划 · divisions',
      'GET  /api/health/ready      状态 · health',
      '',
    ].join('\n');
  }
}
