namespace NeuralNetFromScratch.Tests.Training.Cluster;

/// <summary>A process that rejects the arguments of a step tells the others, which do not wait for its gradients.</summary>
public class StepRefusalTests
{
    private const int Ranks = 4;

    // A loss that ignores a label lets the processes count labels before they compute.
    [Test]
    public void A_process_that_refuses_a_step_does_not_keep_the_others_waiting([Values(0, 3)] int refusing, [Values] bool ignores, [Values(0, 1, 2)] int call)
    {
        string[] RunSteps(Communicator communicator, int bad)
        {
            Sequential network = ClusterRecipes.Plain();
            var trainer = new Trainer(
                network, new SoftmaxCrossEntropy { IgnoreLabel = ignores ? 3 : null }, new Sgd(0.1f), new TrainerOptions { ThreadCount = 1, Exchange = new GradientExchange(communicator) });
            var outcomes = new List<string>();
            int[] labels = [.. Enumerable.Range(0, 16).Select(i => i % 10)];
            var inputs = new float[16 * 784];
            for (int i = 0; i < inputs.Length; i++)
                inputs[i] = i % 7 * 0.1f;
            // The first step is refused before the processes have compared anything, another one later.
            for (int step = 0; step < 4; step++)
            {
                bool isBad = step % 2 == 0 && communicator.Rank == bad;
                try
                {
                    if (call == 0)
                        trainer.TrainStep(new ReadOnlyMatrixView(inputs, 16, 784), labels.AsSpan(isBad ? 1 : 0));
                    else if (call == 1)
                        trainer.FindLearningRate(ClusterRecipes.Few, stepCount: isBad ? 0 : 4);
                    else
                        Stages(trainer, isBad ? [0, 37] : [0, 1, 2, 3]);
                    outcomes.Add("trained");
                }
                catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
                {
                    outcomes.Add(exception.GetType().Name + ": " + exception.Message);
                }
            }

            return [.. outcomes, ClusterRecipes.Hash(network)];
        }

        void Stages(Trainer trainer, int[] indices)
        {
            TrainingBatch batch = trainer.Load(ClusterRecipes.Few, indices);
            trainer.Exchange(trainer.ComputeGradients(batch));
            trainer.Update();
        }

        string[][] outcomes = InProcessCluster.Run(Ranks, communicator => RunSteps(communicator, refusing));
        for (int rank = 0; rank < Ranks; rank++)
        {
            Assert.That(outcomes[rank][..4], Is.EqualTo(Expected(outcomes[refusing], rank == refusing)), $"rank {rank}");
            Assert.That(outcomes[rank][4], Is.EqualTo(outcomes[0][4]));
        }

        string[] Expected(string[] of, bool refuses)
        {
            Assert.That(of[0], Does.StartWith("Argument"));
            string told = $"InvalidOperationException: rank {refusing} does not train: {of[0][(of[0].IndexOf(' ', StringComparison.Ordinal) + 1)..]}";
            return refuses ? [of[0], "trained", of[0], "trained"] : [told, "trained", told, "trained"];
        }
    }

    [Test]
    public void Processes_that_all_refuse_a_step_throw_the_same_and_go_on() => Assert.That(
        InProcessCluster.Run(Ranks, communicator =>
        {
            Sequential network = ClusterRecipes.Plain();
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f), new TrainerOptions { ThreadCount = 1, Exchange = new GradientExchange(communicator) });
            for (int step = 0; step < 3; step++)
            {
                Assert.That(() => trainer.TrainStep(new ReadOnlyMatrixView(new float[784], 1, 784), [10]), Throws.InstanceOf<ArgumentOutOfRangeException>());
                trainer.TrainStep(new ReadOnlyMatrixView(new float[784], 1, 784), [9]);
            }

            return trainer.StepCount;
        }),
        Is.All.EqualTo(3));
}
