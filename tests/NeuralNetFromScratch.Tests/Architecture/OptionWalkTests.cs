using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NeuralNetFromScratch.Images;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Architecture;

/// <summary>
/// Every option (a property that can be set, a parameter of a part's constructor or factory) is set to values at and beyond the edges of the range that its
/// documentation states: beyond them an <see cref="ArgumentException"/> names the option as the user wrote it, within them nothing else is thrown.
/// </summary>
public partial class OptionWalkTests
{
    private static readonly Assembly[] Assemblies = [typeof(Sequential).Assembly, typeof(OnnxModel).Assembly, typeof(RgbaImage).Assembly];

    private const string Good = "checkpoint";

    private static readonly Lazy<SurfaceSamples> Samples = new(() => new SurfaceSamples());

    private static readonly Lazy<Dictionary<string, string>> Documentation = new(() => Assemblies
        .SelectMany(assembly => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
        .ToDictionary(member => (string)member.Attribute("name")!, member => member.ToString()));

    /// <summary>Results, and what layers are handed: they are made by the library, or by the author of a part.</summary>
    private static readonly HashSet<Type> Results =
    [
        typeof(Classification), typeof(DownloadProgress), typeof(LearningRateRangeTest), typeof(MetricResult), typeof(MetricTask), typeof(SafetensorEntry), typeof(SafetensorInfo),
        typeof(Setting), typeof(StepTotals), typeof(TrainingPosition), typeof(TrainingProgress), typeof(ScratchSize), typeof(ParameterDefinition), typeof(Size2D), typeof(Padding2D), typeof(UpdateStep),
        typeof(Sequential), typeof(PixelRegion), typeof(BrokenImage),
    ];

    private static IEnumerable<TestCaseData> Types() =>
        from assembly in Assemblies
        from type in assembly.GetExportedTypes()
        where type is { IsAbstract: false, IsEnum: false, IsByRefLike: false, IsInterface: false } && !Results.Contains(type) && !typeof(Delegate).IsAssignableFrom(type)
        where Properties(type).Any() || Parameters(type).Any()
        select new TestCaseData(type).SetArgDisplayNames(type.Name);

    private static IEnumerable<TestCaseData> Factories() =>
        from assembly in Assemblies
        from type in assembly.GetExportedTypes()
        where type.IsAbstract && (typeof(Part).IsAssignableFrom(type) || type == typeof(Initializer))
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where type.IsAssignableFrom(method.ReturnType) && method.GetParameters().All(parameter => !parameter.ParameterType.IsByRefLike) && method.GetParameters().Any(parameter => IsOption(parameter.ParameterType))
        select new TestCaseData(method).SetArgDisplayNames($"{type.Name}.{method.Name}");

    [TestCaseSource(nameof(Types))]
    public void An_option_out_of_range_is_refused_by_name(Type type)
    {
        using var folder = new TemporaryFolder();
        List<string> wrong = [];
        foreach (PropertyInfo property in Properties(type))
        {
            Walk(wrong, property.Name, property.PropertyType, Range.Of(property), value =>
            {
                object target = Fresh(type);
                property.SetValue(target, value);
                Use(target, folder);
            });
        }

        foreach ((ConstructorInfo constructor, ParameterInfo parameter) in Parameters(type))
            Walk(wrong, parameter, value => Use(constructor.Invoke(Arguments(parameter, value)), folder));
        Assert.That(wrong, Is.Empty);
    }

    [TestCaseSource(nameof(Factories))]
    public void An_argument_out_of_range_of_a_factory_is_refused_by_name(MethodInfo method)
    {
        List<string> wrong = [];
        foreach (ParameterInfo parameter in method.GetParameters().Where(parameter => IsOption(parameter.ParameterType)))
            Walk(wrong, parameter, value => method.Invoke(null, Arguments(parameter, value)));
        Assert.That(wrong, Is.Empty);
    }

    private static void Walk(List<string> wrong, ParameterInfo parameter, Action<object?> set) =>
        Walk(wrong, parameter.Name!, parameter.ParameterType, Range.Of(parameter), set);

    private static void Walk(List<string> wrong, string name, Type type, Range? range, Action<object?> set)
    {
        if (range is null)
        {
            wrong.Add($"{name}: its documentation states no range");
            return;
        }

        foreach (object? value in Values(type).Where(value => value is not null || !range.AllowsNull))
        {
            string text = $"{name} = {SurfaceSamples.Text(value)}";
            try
            {
                set(value);
                if (!range.Contains(value))
                    wrong.Add($"{text} is accepted");
            }
            catch (Exception exception)
            {
                Exception inner = exception;
                while (inner is TargetInvocationException { InnerException: { } cause })
                    inner = cause;
                bool isNamed = inner is ArgumentException && inner.Message.Contains(name, StringComparison.Ordinal);
                if (!isNamed)
                    wrong.Add($"{text}: {inner.GetType().Name} does not name it: {inner.Message}");
                else if (range.Contains(value) && range.IsExact)
                    wrong.Add($"{text} lies within its range, but is refused: {inner.Message}");
                else if (value is float or double or int && !inner.Message.Contains(SurfaceSamples.Text(value), StringComparison.Ordinal))
                    wrong.Add($"{text}: the message does not tell the value: {inner.Message}");
            }
        }
    }

    /// <summary>Hands an object to what checks its options.</summary>
    private static void Use(object target, TemporaryFolder folder)
    {
        Dataset data = Dataset.FromArrays(TestValues.Uniform(80, 1), [4], TestValues.Labels(20, 3, 2), 3);
        Sequential network = new([4], 1, new Dense(3)) { OutputActivation = OutputActivation.Softmax };
        var fit = new FitOptions { Epochs = 1 };
        switch (target)
        {
            case FitOptions options:
                Fit(options with { Schedule = options.Schedule });
                break;
            case EarlyStopping rule:
                Fit(fit with { EarlyStopping = rule, ValidationFraction = 0.2 });
                break;
            case CheckpointOptions checkpoint:
                Fit(fit with { Checkpoint = checkpoint.Path == Good ? checkpoint with { Path = folder.File("checkpoint") } : checkpoint });
                break;
            case TrainerOptions options:
                _ = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(), options);
                break;
            case LbfgsOptions options:
                _ = new LbfgsTrainer(network, new SoftmaxCrossEntropy(), options);
                break;
            case TabularClassifierOptions options:
                _ = new TabularClassifier<string>(options);
                break;
            case TabularRegressorOptions options:
                _ = new TabularRegressor(options);
                break;
            case TabularPlanOptions options:
                _ = TabularPlan.Find(new TabularData(TabularColumn.Numbers("a", [1, 2])), options: options);
                break;
            case WeightLoadOptions options:
                network.Save(folder.File("weights"), Enum.IsDefined(options.Naming) ? options.Naming : TensorNaming.Native);
                network.LoadWeights(folder.File("weights"), options);
                break;
            case OnnxExportOptions options:
                OnnxModel.Export(network, new MemoryStream(), options);
                break;
            case OnnxImportOptions options:
                using (var model = new MemoryStream())
                {
                    OnnxModel.Export(network, model);
                    model.Position = 0;
                    OnnxModel.Import(model, options);
                }

                break;
        }

        void Fit(FitOptions options) => new Trainer(network, new SoftmaxCrossEntropy(), new Sgd()).Fit(data, options);
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true } && IsOption(property.PropertyType));

    private static IEnumerable<(ConstructorInfo Constructor, ParameterInfo Parameter)> Parameters(Type type) =>
        from constructor in typeof(Part).IsAssignableFrom(type) || type == typeof(Engine) || type == typeof(InputScaling) ? type.GetConstructors() : []
        from parameter in constructor.GetParameters()
        where IsOption(parameter.ParameterType) && !constructor.GetParameters().Any(one => one.ParameterType.IsByRefLike)
        select (constructor, parameter);

    private static bool IsOption(Type type)
    {
        Type inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner.IsEnum || inner == typeof(string) || inner == typeof(int) || inner == typeof(long) || inner == typeof(float) || inner == typeof(double) || inner == typeof(TimeSpan);
    }

    private static object Fresh(Type type)
    {
        if (type == typeof(CheckpointOptions))
            return new CheckpointOptions { Path = Good };
        object made = Samples.Value.Of(SurfaceSamples.Close(type)) ?? throw new AssertionException($"no {type.Name} can be made");
        if (type.GetMethod("<Clone>$") is { } clone)
            return clone.Invoke(made, [])!;
        foreach (ConstructorInfo constructor in type.GetConstructors().OrderBy(constructor => constructor.GetParameters().Length))
        {
            if (constructor.GetParameters().All(parameter => !parameter.ParameterType.IsByRefLike))
                return constructor.Invoke([.. constructor.GetParameters().Select(Samples.Value.Good)]);
        }

        return made;
    }

    private static object?[] Arguments(ParameterInfo parameter, object? value) =>
        [.. ((MethodBase)parameter.Member).GetParameters().Select(one => one.Position == parameter.Position ? value : Samples.Value.Good(one))];

    private static IEnumerable<object?> Values(Type type)
    {
        Type inner = Nullable.GetUnderlyingType(type) ?? type;
        if (inner != type || !type.IsValueType)
            yield return null;
        object[] some = inner.IsEnum ? [Enum.ToObject(inner, 99), Enum.ToObject(inner, -1)]
            : inner == typeof(int) ? [0, -1, int.MinValue, 1]
            : inner == typeof(long) ? [0L, -1L, long.MinValue, 1L]
            : inner == typeof(float) ? [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -1f, 1f, 2f, 0.25f]
            : inner == typeof(double) ? [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -1.0, 1.0, 2.0, 0.25]
            : inner == typeof(TimeSpan) ? [TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1)]
            : [""];
        foreach (object value in some)
            yield return value;
    }

    /// <summary>The values that an option may have, as its documentation says.</summary>
    private sealed partial record Range(double Low, bool HasLow, double High, bool HasHigh, bool AllowsNull, bool IsExact = true)
    {
        public static Range? Of(PropertyInfo property) => Of(
            property.PropertyType, $"P:{property.DeclaringType!.FullName}.{property.Name}", null,
            new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable);

        public static Range? Of(ParameterInfo parameter)
        {
            var method = (MethodBase)parameter.Member;
            string name = $"M:{method.DeclaringType!.FullName}.{(method is ConstructorInfo ? "#ctor" : method.Name)}";
            // Of several overloads one that has such a parameter.
            string key = Documentation.Value.FirstOrDefault(entry =>
                entry.Key.StartsWith(name + "(", StringComparison.Ordinal) && entry.Value.Contains($"<param name=\"{parameter.Name}\">", StringComparison.Ordinal)).Key ?? name;
            return Of(parameter.ParameterType, key, parameter.Name, new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable);
        }

        public bool Contains(object? value) => value switch
        {
            null => AllowsNull,
            string text => text.Length > 0,
            Enum one => Enum.IsDefined(one.GetType(), one),
            TimeSpan time => Contains(time.TotalSeconds),
            _ => Contains(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        };

        private bool Contains(double value) => double.IsFinite(value) && (HasLow ? value >= Low : value > Low) && (HasHigh ? value <= High : value < High);

        private static Range? Of(Type type, string member, string? parameter, bool allowsNull)
        {
            Type inner = Nullable.GetUnderlyingType(type) ?? type;
            if (inner.IsEnum || inner == typeof(string))
                return new(0, true, 0, true, allowsNull, IsExact: false);
            if (!Documentation.Value.TryGetValue(member, out string? text))
                return null;
            XElement documented = XElement.Parse(text);
            string words = Plain(
                parameter is null ? documented.Element("summary") : documented.Elements("param").FirstOrDefault(element => (string)element.Attribute("name")! == parameter), parameter);
            // What the text leaves to the exceptions: "the value is negative or not finite".
            string refused = string.Join(' ', documented.Elements("exception").Select(element => Plain(element, parameter)));
            return (Parse(words) ?? Refused(refused)) is { } range ? range with { AllowsNull = allowsNull, IsExact = !DependsOnAnother(documented, parameter) } : null;
        }

        /// <summary>Whether the range of a parameter depends on another parameter.</summary>
        private static bool DependsOnAnother(XElement documented, string? parameter) =>
            documented.Elements("param").Any(element => element.Descendants("paramref").Any(other => parameter == (string)other.Attribute("name")! || parameter == (string)element.Attribute("name")!));

        private static Range? Parse(string words)
        {
            if (Interval().Match(words) is { Success: true } interval)
                return new(Number(interval.Groups["low"]), !interval.Groups["above"].Success, Number(interval.Groups["high"]), !interval.Groups["less"].Success, false);
            if (AtLeast().Match(words) is { Success: true } bound)
                return new(Number(bound.Groups["low"]), !bound.Groups["above"].Success, double.MaxValue, true, false);
            if (words.Contains("any whole number", StringComparison.OrdinalIgnoreCase))
                return new(int.MinValue, true, int.MaxValue, true, false);
            return words.Contains("not negative", StringComparison.OrdinalIgnoreCase) ? new(0, true, double.MaxValue, true, false)
                : words.Contains("positive", StringComparison.OrdinalIgnoreCase) ? new(0, false, double.MaxValue, true, false)
                : words.Contains("finite", StringComparison.OrdinalIgnoreCase) ? new(-double.MaxValue, true, double.MaxValue, true, false)
                : null;
        }

        private static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

        private static Range? Refused(string words) =>
            words.Contains("not positive", StringComparison.Ordinal) ? new(0, false, double.MaxValue, true, false)
            : words.Contains("negative", StringComparison.Ordinal) ? new(0, true, double.MaxValue, true, false)
            : words.Contains("not at least 0 and less than 1", StringComparison.Ordinal) ? new(0, true, 1, false, false)
            : words.Contains("not finite", StringComparison.Ordinal) ? new(-double.MaxValue, true, double.MaxValue, true, false)
            : null;

        /// <summary>The text of an element; of an exception that names parameters, only if it names the one that is meant.</summary>
        private static string Plain(XElement? element, string? parameter)
        {
            if (element is null || (element.Name == "exception" && parameter is not null && element.Elements("paramref").All(one => (string)one.Attribute("name")! != parameter)))
                return "";
            return Regex.Replace(element.Value, @"\s+", " ");
        }

        [GeneratedRegex(@"((?<above>above|more than|greater than) |at least |from )?(?<low>\d+(\.\d+)?) (to|and) (?<less>less than )?(?<high>\d+(\.\d+)?)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
        private static partial Regex Interval();

        [GeneratedRegex(@"((?<above>above|more than|greater than)|at least) (?<low>\d+(\.\d+)?)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
        private static partial Regex AtLeast();
    }
}
