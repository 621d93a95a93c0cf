import { answerParent } from './answer-parent.ts'
import { contestAnswers } from './contest-answers.ts'
import { contests } from './contests.ts'

answerParent(contestAnswers(contests))
