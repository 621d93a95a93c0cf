import { answerParent } from './answer-parent.ts'
import { echoServerAnswers } from './echo-server.ts'

answerParent(echoServerAnswers())
