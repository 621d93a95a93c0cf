import { answerParent } from './answer-parent.ts'
import { pingServerAnswers } from './ping-answers.ts'

answerParent(pingServerAnswers())
