using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NeuralNetFromScratch.Tests.Architecture;

/// <summary>The range of an option, parsed from its documentation.</summary>
public partial class OptionWalkTests
{
    /// <summary>The values that an option can have according to its documentation.</summary>
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
            char character => char.IsAscii(character) && !char.IsControl(character) && character != '"',
            Enum one => Enum.IsDefined(one.GetType(), one),
            TimeSpan time => Contains(time.TotalSeconds),
            _ => Contains(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        };

        private bool Contains(double value) => double.IsFinite(value) && (HasLow ? value >= Low : value > Low) && (HasHigh ? value <= High : value < High);

        private static Range? Of(Type type, string member, string? parameter, bool allowsNull)
        {
            Type inner = Nullable.GetUnderlyingType(type) ?? type;
            if (inner.IsEnum || inner == typeof(string) || inner == typeof(char))
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
