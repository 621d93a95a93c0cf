import { answerParent } from './answer-parent.ts'
import { threadsServerAnswers } from './threads-server.ts'

answerParent(threadsServerAnswers())
