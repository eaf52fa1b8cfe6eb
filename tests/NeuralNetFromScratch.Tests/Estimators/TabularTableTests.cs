using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Estimators;

/// <summary>Estimators that learn tables with columns of every kind.</summary>
public class TabularTableTests
{
    private static readonly string[] Cities = ["Basel", "Bern", "Genf", "Chur"];

    /// <summary>Whether somebody buys goes by age and city; 6 % of the ages are missing. The price goes by size and city.</summary>
    private static TabularData Customers(int rows, ulong seed)
    {
        var random = new RandomSource(seed);
        double[] age = [.. Enumerable.Range(0, rows).Select(i => 20 + 50 * random.Uniform((ulong)i))];
        int[] city = [.. Enumerable.Range(0, rows).Select(i => (int)(4 * random.Fork(1).Uniform((ulong)i)))];
        double[] size = [.. Enumerable.Range(0, rows).Select(i => Math.Exp(2 * random.Fork(2).Normal((ulong)i)))];
        return new(
            TabularColumn.Numbers("age", [.. age.Select((value, i) => i % 17 == 3 ? double.NaN : value)]),
            TabularColumn.Texts("city", [.. city.Select(place => Cities[place])]),
            TabularColumn.Numbers("size", size),
            TabularColumn.Texts("id", [.. Enumerable.Range(0, rows).Select(i => $"{seed}-{i}")]),
            TabularColumn.Booleans("buys", [.. age.Zip(city).Select(pair => (bool?)(pair.First > 45 != pair.Second < 2))]),
            TabularColumn.Numbers("price", [.. size.Zip(city).Select(pair => 250_000 + 40_000 * Math.Log(pair.First) + 30_000 * pair.Second)]),
            TabularColumn.Numbers("years", [.. age.Select(value => 90 - value)]));
    }

    [Test]
    public void A_table_with_texts_and_holes_is_learned_in_three_lines()
    {
        var classifier = new TabularClassifier<bool>(new() { MaxEpochs = 100 });
        classifier.Fit(Customers(600, 1).Without("price", "years"), target: "buys");
        TabularData others = Customers(300, 2);
        Assert.That(classifier.Score(others), Is.GreaterThan(0.88));
        Assert.That(classifier.Predict(others).Zip(Enumerable.Range(0, 300)).Average(pair => pair.First == (others["buys"].GetNumber(pair.Second) == 1) ? 1.0 : 0), Is.EqualTo(classifier.Score(others)).Within(1e-12));
        Assert.That(classifier.TargetNames, Is.EqualTo((string[])["buys"]));
        Assert.That(classifier.Plan!.Columns.Where(column => column.Encoding == ColumnEncoding.Ignored).Select(column => column.Name), Is.EqualTo((string[])["id"]));
        Assert.That(classifier.Evaluate(others, [new Accuracy(), new RocAuc()])["accuracy"].Value, Is.EqualTo(classifier.Score(others)).Within(1e-12));
        Assert.That(classifier.PermutationImportance(others, repeats: 2).Select(one => one.Name), Is.EqualTo((string[])["city", "age", "size"]).Or.EqualTo((string[])["age", "city", "size"]));
    }

    [Test]
    public void Predictions_need_the_columns_that_count_and_know_no_others()
    {
        var classifier = new TabularClassifier<string>(new() { MaxEpochs = 3 });
        TabularData data = Customers(100, 1);
        classifier.Fit(data, "buys");
        TabularData row = TabularData.FromRows(new Dictionary<string, object?> { ["city"] = "Lugano", ["size"] = 3, ["price"] = 5.5f, ["age"] = null, ["years"] = 4, ["more"] = "x" });
        Assert.That(classifier.Predict(row), Has.Length.EqualTo(1));
        Assert.That(() => classifier.Predict(row.Without("size")), Throws.ArgumentException.With.Message.Contains("no column \"size\""));
        Assert.That(() => classifier.Predict([[1f, 2]]), Throws.InvalidOperationException.With.Message.Contains("was trained on a table"));
        Assert.That(() => classifier.Score(data.Without("buys")), Throws.ArgumentException.With.Message.Contains("\"buys\""));
        var features = new TabularClassifier<string>(new() { MaxEpochs = 3 });
        Assert.That(() => features.Predict(row), Throws.InvalidOperationException.With.Message.Contains("call Fit first"));
        features.Fit((float[][])[[1], [2]], ["a", "b"]);
        Assert.That(() => features.Predict(row), Throws.InvalidOperationException.With.Message.Contains("not on a table"));
    }

    [Test]
    public void A_saved_estimator_predicts_the_same_bits_of_a_table()
    {
        using var folder = new TemporaryFolder();
        TabularData data = Customers(200, 1), others = Customers(50, 2);
        var classifier = new TabularClassifier<string>(new() { MaxEpochs = 5 });
        classifier.Fit(data.Without("price"), "buys");
        classifier.Save(folder.File("model.safetensors"));
        var same = TabularClassifier<string>.Load(folder.File("model.safetensors"));
        Assert.That(TestValues.Bits(same.PredictProbabilities(others).AsMatrix().Span), Is.EqualTo(TestValues.Bits(classifier.PredictProbabilities(others).AsMatrix().Span)));
        Assert.That(same.Plan!.ToString(), Is.EqualTo(classifier.Plan!.ToString()));
        same.PartialFit(data, "buys");

        var regressor = new TabularRegressor(new() { MaxEpochs = 5 });
        regressor.Fit(data.Without("id"), ["price", "years"]);
        using var stream = new MemoryStream();
        regressor.Save(stream);
        stream.Position = 0;
        TabularRegressor again = TabularRegressor.Load(stream);
        Assert.That(TestValues.Bits(again.PredictTargets(others).AsMatrix().Span), Is.EqualTo(TestValues.Bits(regressor.PredictTargets(others).AsMatrix().Span)));
        Assert.That(again.TargetNames, Is.EqualTo((string[])["price", "years"]));
        double before = again.Score(data);
        for (int round = 0; round < 50; round++)
            again.PartialFit(data, "price", "years");
        Assert.That(again.Score(data), Is.GreaterThan(before));
        Assert.That(() => TabularRegressor.Load(folder.File("model.safetensors")), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("model.safetensors").And.Message.Contains("no regressor"));
    }

    [Test]
    public void A_regressor_learns_targets_in_their_own_units()
    {
        var regressor = new TabularRegressor();
        regressor.Fit(Customers(600, 1).Without("id", "buys"), ["price", "years"]);
        TabularData others = Customers(300, 2).DropMissing("age");
        Assert.That(regressor.Score(others), Is.GreaterThan(0.95));
        Assert.That(regressor.PredictTargets(others).AsMatrix()[0, 0], Is.EqualTo(others["price"].GetNumber(0)).Within(30_000));
        Assert.That(() => regressor.Predict(others), Throws.InvalidOperationException.With.Message.Contains("2 targets"));
        Assert.That(regressor.Evaluate(others, [new R2()])["r2"].Value, Is.EqualTo(regressor.Score(others)).Within(0.02));
        Assert.That(regressor.PermutationImportance(others, repeats: 1).Take(3).Select(one => one.Name), Does.Not.Contain("id"));
    }

    [Test]
    public void Validation_rows_stop_the_training_and_the_best_parameters_are_kept()
    {
        TabularData data = Customers(300, 1).Without("price", "years", "id"), held = Customers(100, 2);
        var classifier = new TabularClassifier<bool>(new() { MaxEpochs = 400, LearningRate = 0.05f, Patience = 3 });
        TrainingHistory history = classifier.Fit(data, "buys", validation: held);
        Assert.That(history.EndReason, Is.EqualTo(TrainingEndReason.EarlyStopping));
        Assert.That(classifier.Evaluate(held).Loss, Is.EqualTo(history.Epochs.Min(epoch => epoch.Validation!.Loss)).Within(1e-9));
        var large = new TabularClassifier<bool>(new() { MaxEpochs = 2 });
        Assert.That(large.Fit(Customers(1000, 1), "buys").Epochs[0].Validation!.Count, Is.EqualTo(100), "a tenth from 1,000 samples on");
        Assert.That(large.Fit(Customers(999, 1), "buys").Epochs[0].Validation, Is.Null);
    }

    [Test]
    public void A_plan_that_the_caller_changed_is_used_and_columns_of_weights_are_no_features()
    {
        TabularData data = Customers(200, 1);
        TabularPlan plan = TabularPlan.Infer(data, except: ["buys"]).Ignore("price", "years", "size");
        var classifier = new TabularClassifier<bool>(new() { MaxEpochs = 2 });
        classifier.Fit(data, "buys", plan);
        Assert.That(classifier.Network.InputShape.ElementCount, Is.EqualTo(2 + 4));
        classifier.Fit(data, "buys", weights: "size");
        Assert.That(classifier.Plan!.Columns.Any(column => column.Name == "size"), Is.False);
        var noted = new TabularClassifier<bool>(new() { MaxEpochs = 2, PlanOptions = new() { Encodings = new Dictionary<string, ColumnEncoding> { ["size"] = ColumnEncoding.Ignored } } });
        noted.Fit(data, "buys");
        Assert.That(noted.Plan!.Columns.Single(column => column.Name == "size").Encoding, Is.EqualTo(ColumnEncoding.Ignored));
    }

    [Test]
    public void Hundreds_of_thousands_of_categories_are_learned_within_memory()
    {
        const int Categories = 200_000, Rows = 400_000;
        int[] category = [.. Enumerable.Range(0, Rows).Select(i => i % Categories)];
        TabularData data = new(
            TabularColumn.Texts("item", [.. category.Select(i => $"item {i}")]), TabularColumn.Numbers("noise", [.. category.Select((_, i) => (double)(i % 7))]),
            TabularColumn.Booleans("sold", [.. category.Select(i => (bool?)(i % 3 == 0))]));
        long before = GC.GetTotalAllocatedBytes();
        var classifier = new TabularClassifier<bool>(new() { HiddenUnits = [], MaxEpochs = 1, LearningRate = 0.1f, BatchSize = 20_000, ValidationFraction = 0, PlanOptions = new() { MinCategoryCount = 2 } });
        classifier.Fit(data, "sold");
        Assert.That(classifier.Plan!.SparseFeatureCount, Is.EqualTo(Categories));
        Assert.That(classifier.Network.Parameters.TrainableCount, Is.EqualTo(2 * (Categories + 1) + 2));
        Assert.That(classifier.Score(data.Subset([.. Enumerable.Range(0, 1000)])), Is.GreaterThan(0.9));
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(400_000_000), "a dense matrix would take 320 GB");
    }

    [Test]
    public void Missing_targets_and_labels_of_another_type_are_named()
    {
        TabularData data = Customers(60, 1);
        Assert.That(() => new TabularClassifier<int>().Fit(data, "city"), Throws.ArgumentException.With.Message.Contains("is not a label of type Int32"));
        Assert.That(() => new TabularClassifier<string>().Fit(data, "age"), Throws.ArgumentException.With.Message.Contains("column \"age\", row 3: the label is missing").And.Message.Contains("DropMissing"));
        Assert.That(() => new TabularRegressor().Fit(data, "age"), Throws.ArgumentException.With.Message.Contains("column \"age\", row 3: the target is missing"));
        Assert.That(() => new TabularRegressor().Fit(data, "city"), Throws.ArgumentException.With.Message.Contains("is not a number"));
        Assert.That(() => new TabularRegressor().Fit(data, (string[])[]), Throws.ArgumentException.With.Message.Contains("at least one target column"));
    }
}
