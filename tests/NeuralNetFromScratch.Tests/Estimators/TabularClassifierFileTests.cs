using System.Globalization;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Estimators;

public class TabularClassifierFileTests
{
    [Test]
    public void A_saved_classifier_comes_back_with_its_classes_and_predicts_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("flowers.safetensors");
        (float[][] features, string[] labels) = TabularClassifierTests.Flowers(90, seed: 1);
        var classifier = new TabularClassifier<string>(new() { MaxEpochs = 5, HiddenUnits = [8, 6], Activation = Activation.Tanh });
        classifier.Fit(features, labels);
        classifier.Save(path);
        TabularClassifier<string> same = TabularClassifier<string>.Load(path, options: new() { LearningRate = 0.02f });
        Assert.That(same.Classes, Is.EqualTo(classifier.Classes));
        Assert.That(same.Predict(features), Is.EqualTo(classifier.Predict(features)));
        Assert.That(TestValues.Bits(same.PredictProbabilities(features).AsMatrix().Span), Is.EqualTo(TestValues.Bits(classifier.PredictProbabilities(features).AsMatrix().Span)));
        Assert.That(Sequential.Load(path).ClassNames, Is.EqualTo((string[])["iris", "lily", "rose"]));

        // It still knows the first table's means, and goes on learning.
        double before = same.Score(features, labels);
        for (int round = 0; round < 100; round++)
            same.PartialFit(features, labels);
        Assert.That(same.Score(features, labels), Is.GreaterThan(Math.Max(before, 0.9)));
        Assert.That(same.Network.Parameters["standardization1.mean"].Values.ToArray(), Is.EqualTo(classifier.Network.Parameters["standardization1.mean"].Values.ToArray()));
    }

    [Test]
    public void Labels_of_every_simple_type_come_back_in_any_culture()
    {
        RoundTrip(-3, 7);
        RoundTrip(-0.5, 1e300);
        RoundTrip(ulong.MaxValue, 0UL);
        RoundTrip(true, false);
        RoundTrip('a', ';');
        RoundTrip(DayOfWeek.Monday, DayOfWeek.Sunday);
        RoundTrip(new DateTime(2001, 2, 3, 4, 5, 6, 7, DateTimeKind.Utc), new DateTime(2001, 2, 3));
        RoundTrip("", "with \"quotes\" and ümlauts");
        RoundTrip(new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), Guid.Empty, Guid.Parse);

        static void RoundTrip<TLabel>(TLabel first, TLabel second, Func<string, TLabel>? parse = null)
            where TLabel : notnull
        {
            using var folder = new TemporaryFolder();
            string path = folder.File("labels.safetensors");
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            comma.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = comma;
            var classifier = new TabularClassifier<TLabel>(new() { MaxEpochs = 1 });
            classifier.Fit((float[][])[[1], [2]], [first, second]);
            classifier.Save(path);
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            Assert.That(TabularClassifier<TLabel>.Load(path, parse).Classes, Is.EqualTo(classifier.Classes));
        }
    }

    [Test]
    public void Files_that_hold_no_such_classifier_are_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.safetensors");
        Assert.That(() => new TabularClassifier<string>().Save(path), Throws.InvalidOperationException.With.Message.Contains("call Fit first"));
        new Sequential([3], 1, new Dense(2)).Save(path);
        Refused<string>("2 outputs with 0 names");
        new Sequential([3], 1, new Dense(2)) { ClassNames = ["1", "1"], OutputActivation = OutputActivation.Softmax }.Save(path);
        Refused<int>("two classes have the same name");
        new Sequential([3], 1, new Dense(2)) { ClassNames = ["1", "x"], OutputActivation = OutputActivation.Softmax }.Save(path);
        Refused<int>("\"x\" is not a label of type Int32");
        new Sequential([3], 1, new Dense(2)) { ClassNames = ["1", "300"], OutputActivation = OutputActivation.Softmax }.Save(path);
        Refused<byte>("\"300\" is not a label of type Byte");
        Refused<DayOfWeek>("not a label of type DayOfWeek", ["1", "Someday"]);
        Assert.That(() => TabularClassifier<Guid>.Load(path), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("Guid"));

        var ambiguous = new TabularClassifier<Nameless>(new() { MaxEpochs = 1 });
        ambiguous.Fit((float[][])[[1], [2]], [new(1), new(2)]);
        Assert.That(() => ambiguous.Save(path), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("same text"));

        void Refused<TLabel>(string message, string[]? names = null)
            where TLabel : notnull
        {
            if (names is not null)
                new Sequential([3], 1, new Dense(2)) { ClassNames = names, OutputActivation = OutputActivation.Softmax }.Save(path);
            Assert.That(() => TabularClassifier<TLabel>.Load(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
        }
    }

    private readonly record struct Nameless(int Number) : IComparable<Nameless>
    {
        public int CompareTo(Nameless other) => Number.CompareTo(other.Number);

        public override string ToString() => "same";
    }
}
