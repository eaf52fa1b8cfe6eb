namespace NeuralNetFromScratch.Tests.Rooms;

/// <summary>A first layer and a data set of the user's own on batches with a dense block and sparse rows.</summary>
public class SparseRoomTests
{
    private const int Samples = 120, Words = 1000;

    [Test]
    public void A_first_layer_reads_a_dense_block_and_sparse_rows()
    {
        int sparseBatches = 0;
        foreach (Layer first in (Layer[])[new NaiveSparseDense(8, () => sparseBatches++), new Dense(8)])
        {
            Sequential network = Train(new Mails(isSparse: true), first);
            Sequential dense = Train(new Mails(isSparse: false), first);
            Assert.That(network.Parameters.Values.ToArray(), Is.EqualTo(dense.Parameters.Values.ToArray()), first.ToString());
            EvaluationResult result = network.Evaluate(new Mails(isSparse: true));
            Assert.That(result.Accuracy, Is.GreaterThan(0.95), first.ToString());
            Assert.That(result.Loss, Is.EqualTo(network.Evaluate(new Mails(isSparse: false)).Loss), first.ToString());
            float[] predictions = network.Predict(new Mails(isSparse: true)).AsMatrix().Span.ToArray();
            Assert.That(predictions, Is.EqualTo(network.Predict(new Mails(isSparse: false)).AsMatrix().Span.ToArray()), first.ToString());
        }

        Assert.That(sparseBatches, Is.GreaterThan(0));
    }

    private static Sequential Train(Dataset mails, Layer first)
    {
        var network = new Sequential([2 + Words], seed: 1, new Standardization([5, 50], [3, 30]), first, new ActivationLayer(Activation.Relu), new Dense(2));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(0.01f));
        trainer.Fit(mails, new FitOptions { Epochs = 8, BatchSize = 16, Seed = 2 });
        return network;
    }

    /// <summary>Two figures and a bag of words: spam has more of the words whose number ends in 7.</summary>
    private sealed class Mails(bool isSparse) : Dataset
    {
        private const int Length = 12;

        private readonly RandomSource _random = new(9);

        public override int Count => Samples;

        public override Shape SampleShape => [2 + Words];

        public override int SparseColumnCount => isSparse ? Words : 0;

        public override int ClassCount => 2;

        public override int GetLabel(int index) => index % 2;

        public override int GetSparseLength(int index) => Length;

        public override void CopyFeatures(int index, Span<float> features)
        {
            features.Clear();
            Figures(index, features);
            for (int i = 0; i < Length; i++)
                features[2 + Word(index, i)] = 1 + i % 3;
        }

        public override void Gather(ReadOnlySpan<int> indices, in BatchDestination destination)
        {
            if (!destination.IsSparse)
            {
                base.Gather(indices, destination);
                return;
            }

            for (int row = 0; row < indices.Length; row++)
            {
                Figures(indices[row], destination.Features.Row(row));
                Span<int> columns = destination.GetSparseColumns(row);
                for (int i = 0; i < Length; i++)
                {
                    columns[i] = Word(indices[row], i);
                    destination.GetSparseValues(row)[i] = 1 + i % 3;
                }
            }

            GatherTargets(indices, destination);
        }

        private static void Figures(int index, Span<float> figures) => (figures[0], figures[1]) = (index % 11, index % 101);

        /// <summary>The words of a mail ascend.</summary>
        private int Word(int index, int i)
        {
            int word = i * (Words / Length) + 10 * _random.Below((ulong)(index * Length + i), 8);
            return word - word % 10 + (index % 2 == 1 && i % 2 == 0 ? 7 : 3);
        }
    }
}
