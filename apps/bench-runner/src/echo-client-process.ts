import { answerParent } from './answer-parent.ts'
import { echoClientAnswers } from './echo-client.ts'

answerParent(echoClientAnswers())
