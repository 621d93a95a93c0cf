import { answerParent } from './answer-parent.ts'
import { pingClientAnswers } from './ping-answers.ts'

answerParent(pingClientAnswers())
