import { answerParent } from './answer-parent.ts'
import { pingFloodAnswers } from './ping-flood.ts'

answerParent(pingFloodAnswers())
